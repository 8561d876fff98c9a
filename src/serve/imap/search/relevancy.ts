/** How well messages match what was looked for by likeness. RFC 6203 section 4. */
export class Relevancy {
  private readonly sums = new Map<number, { sum: number; count: number }>();

  /** One of the texts matches the message at this position so well, 1 to 100. */
  add(position: number, score: number): void {
    const known = this.sums.get(position);
    if (known === undefined) this.sums.set(position, { sum: score, count: 1 });
    else {
      known.sum += score;
      known.count += 1;
    }
  }

  /** 1 to 100: the average of its texts. What matched without any likeness matches exactly. */
  of(position: number): number {
    const known = this.sums.get(position);
    return known === undefined ? 100 : Math.max(1, Math.round(known.sum / known.count));
  }
}
