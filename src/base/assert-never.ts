/** Marks the impossible branch of an exhaustive switch; reached only by a bug. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`);
}
