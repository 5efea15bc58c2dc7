import { notFound } from "./problem.js";

/** Rows by their id, in the order of creation. */
export class Table<Row> {
  readonly #rows: Map<string, Row>;

  /** @param what the name of a row for a person, e.g. `user` */
  constructor(
    readonly what: string,
    rows: Iterable<readonly [string, Row]> = [],
  ) {
    this.#rows = new Map(rows);
  }

  get size(): number {
    return this.#rows.size;
  }

  get(id: string): Row | undefined {
    return this.#rows.get(id);
  }

  /** @throws {Problem} 404 */
  need(id: string): Row {
    const row = this.#rows.get(id);
    if (row === undefined) throw notFound(this.what, id);
    return row;
  }

  set(id: string, row: Row): Row {
    this.#rows.set(id, row);
    return row;
  }

  delete(id: string): boolean {
    return this.#rows.delete(id);
  }

  /** All, or those for which it is so. */
  list(where: (row: Row) => boolean = () => true): Row[] {
    const found: Row[] = [];
    for (const row of this.#rows.values()) if (where(row)) found.push(row);
    return found;
  }

  /** The one that was set first. */
  first(): readonly [string, Row] | undefined {
    return this.#rows.entries().next().value;
  }

  toJSON(): [string, Row][] {
    return [...this.#rows];
  }
}
