import { setTimeout as wait } from "node:timers/promises";
import { isAxiosError } from "axios";

const attempts = 4;
/** In ms; doubled each time. */
const firstPause = 250;

/** Sends once more what got no answer, or one that says to try later. Each attempt is signed afresh. */
export async function repeat<T>(send: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await send();
    } catch (error) {
      const status = isAxiosError(error) ? (error.response?.status ?? 0) : undefined;
      const isPassing = status !== undefined && [0, 408, 429, 500, 502, 503, 504].includes(status);
      if (!isPassing || attempt === attempts) throw error;
      await wait(firstPause * 2 ** (attempt - 1) * Math.random());
    }
  }
}
