// Signed requests of axios: a list with query parameters, then something that is created once.
import { readFile } from "node:fs/promises";
import { createSigner } from "@upvest-sdk/signing/node";
import { createApi } from "./api.js";

interface User {
  readonly id: string;
  readonly status: string;
}

function variable(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`set ${name}`);
  return value;
}

/** A row of yours. The key was made when the row was written, by `randomUUID()`: run again, the user is created once. */
const customer = {
  idempotencyKey: "b1c1a5de-0c53-4d5a-8e0e-5f0a4a1f9b27",
  user: {
    first_name: "Zoë",
    last_name: "Müller",
    birth_date: "1990-12-10",
    nationalities: ["DE"],
    address: { address_line1: "Unter den Linden 1", postcode: "10117", city: "Berlin", country: "DE" },
  },
};

async function main(): Promise<void> {
  const api = createApi({
    baseURL: variable("UPVEST_API_BASE_URL"),
    clientId: variable("UPVEST_API_CLIENT_ID"),
    clientSecret: variable("UPVEST_API_CLIENT_SECRET"),
    scope: variable("UPVEST_API_SCOPES").replaceAll(",", " "),
    signer: await createSigner({
      keyId: variable("UPVEST_API_KEY_ID"),
      privateKey: await readFile(variable("UPVEST_API_HTTP_SIGN_PRIVATE_KEY_FILENAME"), "utf8"),
      passphrase: process.env["UPVEST_API_HTTP_SIGN_PRIVATE_KEY_PASSPHRASE"],
    }),
  });

  const user = await api.request<User>({
    method: "post",
    url: "/users",
    headers: { "idempotency-key": customer.idempotencyKey },
    data: customer.user,
  });
  console.log(`created user ${user.id}`);

  const { data } = await api.request<{ data: User[] }>({
    url: "/users",
    params: { limit: 5, sort: "created_at", order: "DESC" },
  });
  for (const { id, status } of data) console.log(`in the list: ${id} ${status}`);
}

try {
  await main();
} catch (error) {
  process.exitCode = 1;
  console.error(error instanceof Error ? error.message : error);
}
