// The cash of all account groups, as CSV. Node, Deno and Bun run this file as it is.
import { readFile } from "node:fs/promises";
import process from "node:process";
import { clientOptionsFromEnv, createUpvestClient, UpvestError } from "@upvest-sdk/client";
import { listAccountGroups, retrieveCashBalances } from "@upvest-sdk/client/operations";
import { createSigner, SignatureError } from "@upvest-sdk/signing/node";

async function main() {
  const {
    UPVEST_API_KEY_ID: keyId,
    UPVEST_API_HTTP_SIGN_PRIVATE_KEY_FILENAME: keyFile,
    UPVEST_API_HTTP_SIGN_PRIVATE_KEY_PASSPHRASE: passphrase,
  } = process.env;
  if (!keyId || !keyFile)
    throw new Error("set UPVEST_API_KEY_ID and UPVEST_API_HTTP_SIGN_PRIVATE_KEY_FILENAME");

  const client = createUpvestClient({
    ...clientOptionsFromEnv(),
    signer: await createSigner({ keyId, privateKey: await readFile(keyFile, "utf8"), passphrase }),
  });

  // Amounts are decimal text, and stay it.
  console.log("account_group_id,status,currency,balance,available_for_trading,available_for_withdrawal");
  for await (const { id, status } of client.paginate(listAccountGroups, { query: { limit: 500 } })) {
    const { data } = await client.call(retrieveCashBalances, { path: { account_group_id: id } });
    for (const { currency, balance, available_for_trading, available_for_withdrawal } of data)
      console.log([id, status, currency, balance, available_for_trading, available_for_withdrawal].join(","));
  }
}

try {
  await main();
} catch (error) {
  // Half a list is not to be taken for a whole one.
  process.exitCode = 1;
  if (error instanceof UpvestError || error instanceof SignatureError)
    console.error(`${error.code}: ${error.message}`);
  else console.error(error instanceof Error ? error.message : error);
}
