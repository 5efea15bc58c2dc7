/** Bytes of one description, all its files together (50 MB). */
export const maxBytes = 50_000_000;

/** Values of one description, an aliased value counted wherever it is used. */
export const maxNodes = 5_000_000;

/** Characters of one description, aliased text counted wherever it is used. */
export const maxCharacters: number = 2 * maxBytes;

/** Objects and lists inside one another. */
export const maxDepth = 500;

/** Redirects of one URL. */
export const maxRedirects = 5;
