import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createUpvestClient } from "@upvest-sdk/client";
import {
  createAccount,
  createAccountGroup,
  createTopup,
  createUser,
  issueToken,
  listUserReports,
  placeOrder,
  retrieveOrder,
} from "@upvest-sdk/client/operations";
import { startSandbox } from "@upvest-sdk/sandbox";
import { createSigner, generateKeyPair } from "@upvest-sdk/signing/node";
import { root } from "./find-blocks.js";

/** What stands in a page for something of the reader's, and what it is here. */
export interface Resources {
  readonly account_id: string;
  readonly user_id: string;
  readonly account_group_id: string;
  readonly order_id: string;
  readonly report_id: string;
  readonly keyId: string;
  readonly clientId: string;
}

/** Where the blocks of all pages are run: a local Upvest with a user who has an order, and files as the pages name them. */
export interface Place {
  readonly url: string;
  readonly resources: Resources;
  readonly token: string;
  readonly privateKeyPem: string;
  /** Of an Ed25519 key that the sandbox does not know. */
  readonly ed25519Pem: string;
  /** An endpoint that takes every delivery. */
  readonly hook: string;
  /** The vendor's variables. */
  readonly environment: Readonly<Record<string, string>>;
  /** A new folder with the files that pages name. */
  folder(): string;
  close(): Promise<void>;
}

export const newUser = {
  first_name: "Ada",
  last_name: "Lovelace",
  birth_date: "1990-12-10",
  nationalities: ["DE"],
  address: { address_line1: "Unter den Linden 1", postcode: "10117", city: "Berlin", country: "DE" },
} as const;

const newOrder = {
  side: "BUY",
  instrument_id: "IE00B3XXRP09",
  instrument_id_type: "ISIN",
  order_type: "MARKET",
  cash_amount: "100.00",
  currency: "EUR",
} as const;

const description = join(root, "openapi/upvest-investment-api.yaml");

export async function openPlace(): Promise<Place> {
  const sandbox = await startSandbox();
  const { clientId, clientSecret, keyId, privateKeyPem } = sandbox.credentials;
  const client = createUpvestClient({
    baseUrl: sandbox.url,
    clientId,
    clientSecret,
    scopes: sandbox.scopes,
    signer: await createSigner({ keyId, privateKey: privateKeyPem }),
  });
  const addUser = () =>
    client.call(createUser, { body: { ...newUser, nationalities: [...newUser.nationalities] } });
  const { id: owner } = await addUser();
  const { id: account_group_id } = await client.call(createAccountGroup, {
    body: { user_id: owner, type: "PERSONAL" },
  });
  const { id: account_id } = await client.call(createAccount, {
    body: { user_id: owner, account_group_id, type: "TRADING", name: "Depot" },
  });
  await sandbox.clock.advance(1000);
  await client.call(createTopup, {
    body: { account_group_id, cash_amount: "100000.00", currency: "EUR" },
  });
  await sandbox.clock.advance(1000);
  const { id: order_id } = await client.call(placeOrder, { body: { ...newOrder, account_id } });
  for (let status = "NEW"; status !== "FILLED"; ) {
    await sandbox.clock.advance(60_000);
    ({ status } = await client.call(retrieveOrder, { path: { order_id } }));
  }
  const { data: reports } = await client.call(listUserReports, { path: { user_id: owner } });
  const { access_token: token } = await client.call(issueToken, {
    body: {
      client_id: clientId,
      client_secret: clientSecret,
      grant_type: "client_credentials",
      scope: sandbox.scopes.join(" "),
    },
  });

  const server = createServer((request, response) => {
    request.resume();
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  const folders: string[] = [];
  const { privateKeyPem: ed25519Pem } = await generateKeyPair("ed25519");
  return {
    url: sandbox.url,
    resources: {
      account_id,
      // Has no account group yet.
      user_id: (await addUser()).id,
      account_group_id,
      order_id,
      report_id: reports[0]!.id,
      keyId,
      clientId,
    },
    token,
    privateKeyPem,
    ed25519Pem,
    hook: `http://127.0.0.1:${(server.address() as AddressInfo).port}/upvest`,
    environment: {
      UPVEST_API_BASE_URL: sandbox.url,
      UPVEST_API_CLIENT_ID: clientId,
      UPVEST_API_CLIENT_SECRET: clientSecret,
      UPVEST_API_SCOPES: sandbox.scopes.join(","),
      UPVEST_API_KEY_ID: keyId,
      UPVEST_API_HTTP_SIGN_PRIVATE_KEY_FILENAME: "private.pem",
    },
    folder() {
      const folder = mkdtempSync(join(tmpdir(), "upvest-sdk-blocks-"));
      folders.push(folder);
      // What `scripts` depends on, packages of this repository included.
      symlinkSync(join(root, "scripts/node_modules"), join(folder, "node_modules"));
      mkdirSync(join(folder, "src"));
      writeFileSync(join(folder, "private.pem"), privateKeyPem, { mode: 0o600 });
      for (const name of ["description", "description-before", "old", "new"])
        copyFileSync(description, join(folder, `${name}.yaml`));
      return folder;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await sandbox.close();
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    },
  };
}
