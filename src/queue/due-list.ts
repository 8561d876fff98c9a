/** Names ordered by time, in a binary heap. A name may be in it several times; whoever takes it looks whether it still counts. */
export class DueList {
  readonly #heap: { readonly atMs: number; readonly name: string }[] = [];

  /** The earliest moment; Infinity when it is empty. */
  get firstMs(): number {
    return this.#heap[0]?.atMs ?? Infinity;
  }

  get size(): number {
    return this.#heap.length;
  }

  add(atMs: number, name: string): void {
    const heap = this.#heap;
    const added = { atMs, name };
    let at = heap.push(added) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || above.atMs <= atMs) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = added;
  }

  /** Takes the first name out if its time has come. */
  take(nowMs: number): string | undefined {
    const heap = this.#heap;
    const [first] = heap;
    if (first === undefined || first.atMs > nowMs) return undefined;
    const last = heap.pop();
    if (last !== undefined && heap.length > 0) this.#sink(last);
    return first.name;
  }

  #sink(moved: { readonly atMs: number; readonly name: string }): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const one = heap[left];
      if (one === undefined) break;
      const other = heap[left + 1];
      const isOther = other !== undefined && other.atMs < one.atMs;
      const child = isOther ? other : one;
      if (child.atMs >= moved.atMs) break;
      heap[at] = child;
      at = isOther ? left + 1 : left;
    }
    heap[at] = moved;
  }
}
