// The first calls: something to read, something to create, a list. Run again within 24 hours, it creates nothing new.
import { readFile } from "node:fs/promises";
import {
  clientOptionsFromEnv,
  createUpvestClient,
  idempotencyKeyFrom,
  UpvestApiError,
  UpvestError,
} from "@upvest-sdk/client";
import { createUser, listUsers, retrieveInstrument, retrieveUser } from "@upvest-sdk/client/operations";
import { createSigner, SignatureError } from "@upvest-sdk/signing/node";

async function main(): Promise<void> {
  const {
    UPVEST_API_KEY_ID: keyId,
    UPVEST_API_HTTP_SIGN_PRIVATE_KEY_FILENAME: keyFile,
    UPVEST_API_HTTP_SIGN_PRIVATE_KEY_PASSPHRASE: passphrase,
  } = process.env;
  if (!keyId || !keyFile)
    throw new Error("set UPVEST_API_KEY_ID and UPVEST_API_HTTP_SIGN_PRIVATE_KEY_FILENAME");

  const client = createUpvestClient({
    ...clientOptionsFromEnv(), // UPVEST_API_BASE_URL, _CLIENT_ID, _CLIENT_SECRET, _SCOPES
    signer: await createSigner({ keyId, privateKey: await readFile(keyFile, "utf8"), passphrase }),
  });

  const instrument = await client.call(retrieveInstrument, { path: { instrument_id: "isin:IE00B3XXRP09" } });
  console.log(`instrument ${instrument.isin}: ${instrument.name}, ${instrument.trading_status}`);

  const created = await client.call(createUser, {
    // From an id of your own: the same key each time, so that the user is created once.
    idempotencyKey: await idempotencyKeyFrom(createUser, "quickstart-customer-1"),
    body: {
      first_name: "Ada",
      last_name: "Lovelace",
      birth_date: "1990-12-10",
      nationalities: ["DE"],
      address: { address_line1: "Unter den Linden 1", postcode: "10117", city: "Berlin", country: "DE" },
    },
  });
  console.log(`created user ${created.id}`);

  const user = await client.call(retrieveUser, { path: { user_id: created.id } });
  console.log(`user ${user.id} is ${user.status}`);

  let count = 0;
  for await (const { id, status } of client.paginate(listUsers, { query: { limit: 100 } })) {
    console.log(`in the list: ${id} ${status}`);
    if (++count === 10) break;
  }
}

try {
  await main();
} catch (error) {
  process.exitCode = 1;
  if (error instanceof UpvestApiError)
    console.error(`${error.message}: ${error.problem?.detail} (request id ${error.requestId ?? "unknown"})`);
  else if (error instanceof UpvestError || error instanceof SignatureError)
    console.error(`${error.code}: ${error.message}`);
  else console.error(error instanceof Error ? error.message : error);
  // `outcome` says whether it may have happened all the same.
  if (error instanceof UpvestError) console.error(`outcome: ${error.outcome}`);
}
