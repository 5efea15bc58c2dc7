// What needs `fetch` and its kind in the global scope.
import { type ClientOptions, createUpvestClient, type Fetch, type UpvestClient } from "@upvest-sdk/client";
import { listUsers, retrieveReport } from "@upvest-sdk/client/operations";

export const global: Fetch = fetch;
export const bound: Fetch = fetch.bind(globalThis);
export const own: Fetch = (url: string, init: RequestInit) => fetch(url, { ...init, redirect: "manual" });
export const loose: Fetch = async (input: string | URL | Request) => fetch(input);
export const fixed: Fetch = async () => new Response("{}");
export const make = (options: ClientOptions): UpvestClient => createUpvestClient({ ...options, fetch });

export async function binary(client: UpvestClient, signal: AbortSignal): Promise<unknown[]> {
  const path = { report_id: "r" };
  const blob: Blob = await client.call(retrieveReport, {
    path,
    as: "blob",
    accept: "application/pdf",
    signal,
  });
  const { data } = await client.call.withResponse(retrieveReport, { path, as: "stream" });
  const stream: ReadableStream = data;
  const byPath = await client.GET("/reports/{report_id}", { params: { path }, parseAs: "blob" });
  const same: Blob | undefined = byPath.data;
  const response: Response | undefined = byPath.response;
  return [
    blob.size,
    stream.locked,
    same?.type,
    response?.headers.get("date"),
    client.call(listUsers, { signal }),
  ];
}
