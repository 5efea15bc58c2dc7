/** A Worker that does what the runner asks: `POST /` with `[name, ...args]` is answered with what the function gives. */
export const callable = (
  functions: Readonly<Record<string, (...args: never[]) => Promise<unknown>>>,
): { fetch(request: Request): Promise<Response> } => ({
  async fetch(request) {
    const [name, ...args] = (await request.json()) as [string, ...never[]];
    return Response.json(await functions[name]!(...args));
  },
});
