import type { Lookup, Resolver } from '../base/resolver.ts';

/** A resolver that another one can take the place of, under all who hold it. */
export interface CurrentResolver extends Resolver {
  /** From the next question on. */
  use(next: Resolver): void;
}

export function createCurrentResolver(first: Resolver): CurrentResolver {
  let current = first;
  const lookup =
    <T>(kind: (resolver: Resolver) => Lookup<T>): Lookup<T> =>
    (name, options) =>
      kind(current)(name, options);
  return {
    use(next) {
      current = next;
    },
    mx: lookup(({ mx }) => mx),
    txt: lookup(({ txt }) => txt),
    a: lookup(({ a }) => a),
    aaaa: lookup(({ aaaa }) => aaaa),
    addresses: lookup(({ addresses }) => addresses),
    cname: lookup(({ cname }) => cname),
    tlsa: lookup(({ tlsa }) => tlsa),
    ptr: lookup(({ ptr }) => ptr),
  };
}
