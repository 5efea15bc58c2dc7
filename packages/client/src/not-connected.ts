// Of errors that happen before a byte of the request has gone out. All else may have reached the server.
const codes =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|ConnectionRefused|FailedToOpenSocket|CERT_\w+|ERR_TLS_CERT_\w+|UNABLE_TO_\w+|DEPTH_ZERO_\w+|SELF_SIGNED_\w+|ERR_SSL_WRONG_VERSION_NUMBER)$/;

/** Whether what `fetch` threw says that there was no connection. Node has it in the cause, Bun in a code, Deno in the words. */
export function isNotConnected(error: unknown): boolean {
  for (let cause = error, depth = 0; cause && depth < 5; depth++) {
    const { code, syscall, message, cause: next } = cause as Record<string, unknown>;
    if (
      // A connection that breaks later, while it is used, may say the same (`read EHOSTUNREACH`).
      (codes.test(String(code)) && !/^(read|write)/.test(String(syscall))) ||
      syscall === "connect" ||
      /client error \(Connect\)/.test(String(message))
    ) {
      return true;
    }
    cause = next;
  }
  return false;
}
