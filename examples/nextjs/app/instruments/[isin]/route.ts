import { UpvestApiError, UpvestError } from "@upvest-sdk/client";
import { retrieveInstrument } from "@upvest-sdk/client/operations";
import { upvest } from "../../../lib/upvest";

const notFound = () => Response.json({ title: "There is no such instrument" }, { status: 404 });

/** Public data. Before a route that shows a customer's, let somebody log in. */
export async function GET(_: Request, { params }: { params: Promise<{ isin: string }> }): Promise<Response> {
  const { isin } = await params;
  if (!/^[A-Z]{2}[A-Z0-9]{9}[0-9]$/.test(isin)) return notFound();
  try {
    const instrument = await upvest().call(retrieveInstrument, { path: { instrument_id: `isin:${isin}` } });
    const { name, trading_status } = instrument;
    return Response.json({ isin, name, trading_status });
  } catch (error) {
    if (!(error instanceof UpvestError)) throw error;
    if (error instanceof UpvestApiError && error.status === 404) return notFound();
    // For us, not for the visitor.
    console.error(error.code, error.outcome, error.message);
    return Response.json({ title: "The API cannot be asked at the moment" }, { status: 502 });
  }
}
