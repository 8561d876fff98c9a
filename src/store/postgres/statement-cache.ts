/** A statement as PostgreSQL wants it. With a name, the server keeps its plan for the life of a connection. */
export interface NumberedStatement {
  readonly text: string;
  readonly name: string | undefined;
}

/** `?` becomes `$1`, `$2` and so on. In our SQL a `?` is always a placeholder, never part of a literal. */
export function numberPlaceholders(sql: string): string {
  const pieces = sql.split('?');
  return pieces.reduce((text, piece, i) => `${text}$${i}${piece}`);
}

/** Uses after which a statement is worth a name: statements with lists of many lengths never get there. */
const usesBeforeName = 5;
/** Each connection keeps a plan for each name, so there is a limit. */
const maxNames = 500;
const maxRemembered = 2000;

/** Translates each SQL text once, and names those that are used again and again. */
export class StatementCache {
  readonly #known = new Map<string, { readonly text: string; name: string | undefined; uses: number }>();
  #names = 0;

  get(sql: string): NumberedStatement {
    let known = this.#known.get(sql);
    if (known === undefined) {
      if (this.#known.size >= maxRemembered) this.#forgetUnnamed();
      known = { text: numberPlaceholders(sql), name: undefined, uses: 0 };
      this.#known.set(sql, known);
    }
    if (known.name === undefined && ++known.uses >= usesBeforeName && this.#names < maxNames) {
      known.name = `s${++this.#names}`;
    }
    return known;
  }

  #forgetUnnamed(): void {
    for (const [sql, { name }] of this.#known) if (name === undefined) this.#known.delete(sql);
  }
}
