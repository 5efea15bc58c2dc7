/**
 * Whether this is a page of a browser, or a worker of one. Servers and edge workers say another agent; jsdom and its like
 * say one of a browser, but run on Node.
 */
export function isBrowser(): boolean {
  const { navigator, process } = globalThis as {
    navigator?: { userAgent?: string };
    process?: { versions?: { node?: string } };
  };
  return /^Mozilla\//.test(navigator?.userAgent ?? "") && !process?.versions?.node;
}
