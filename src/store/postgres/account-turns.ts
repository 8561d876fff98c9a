/**
 * Writes of this process to one account take turns before they take a connection: they would only wait for each other in
 * the database, and many writes to one account would leave no connection for the others.
 */
export class AccountTurns {
  /** Resolves when the last one in line is done. */
  readonly #ends = new Map<number, Promise<void>>();

  /** Runs `work` when all that asked before for one of these accounts are done. In line for all at once: no circles. */
  async use<T>(accountIds: readonly number[], work: () => Promise<T>): Promise<T> {
    const before = accountIds.flatMap((id) => this.#ends.get(id) ?? []);
    let finish: () => void = () => {};
    const end = new Promise<void>((resolve) => {
      finish = resolve;
    });
    for (const id of accountIds) this.#ends.set(id, end);
    try {
      if (before.length > 0) await Promise.all(before);
      return await work();
    } finally {
      finish();
      for (const id of accountIds) if (this.#ends.get(id) === end) this.#ends.delete(id);
    }
  }
}
