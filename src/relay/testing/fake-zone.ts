/** A resolver that knows what a test tells it. For tests only. */
import type { DnsAnswer, DnsFailure, MxRecord, Resolver, TlsaRecord } from '../../base/resolver.ts';
import { fail, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';

/** What is known of one name. A failure instead of records is given as its kind. */
export interface Known {
  readonly mx?: readonly MxRecord[] | 'server-failure' | 'timeout';
  readonly addresses?: readonly string[] | 'server-failure' | 'timeout';
  readonly tlsa?: readonly TlsaRecord[] | 'server-failure' | 'timeout';
  readonly txt?: readonly string[] | 'server-failure' | 'timeout';
  readonly alias?: string;
  /** DNSSEC vouches for it; of an alias: for the alias. */
  readonly authentic?: boolean;
}

export interface FakeZone {
  readonly resolver: Resolver;
  readonly asked: string[];
}

type Type = 'mx' | 'addresses' | 'tlsa' | 'txt';

/** Aliases are followed as a resolver does: the answer is authentic when all of it is. */
export function fakeZone(names: Readonly<Record<string, Known>>): FakeZone {
  const asked: string[] = [];
  const follow = (name: string): { name: string; known: Known | undefined; authentic: boolean } => {
    let [at, authentic] = [name, true];
    for (let steps = 0; steps < 10; steps++) {
      const known = names[at];
      authentic &&= known?.authentic ?? false;
      if (known?.alias === undefined) return { name: at, known, authentic };
      at = known.alias;
    }
    return { name: at, known: undefined, authentic: false };
  };
  const find = <T>(type: Type, name: string): Result<DnsAnswer<T>, DnsFailure> => {
    asked.push(`${type} ${name}`);
    const { known, authentic, name: last } = follow(name);
    if (!known) return fail({ kind: 'no-such-domain', name: last, authentic });
    const records = known[type] as readonly T[] | 'server-failure' | 'timeout' | undefined;
    if (records === undefined) return fail({ kind: 'no-data', name: last, authentic });
    if (typeof records === 'string') return fail({ kind: records });
    return ok({ records, authentic, ttlSeconds: 60, name: last });
  };
  const resolver: Resolver = {
    mx: async (name) => find<MxRecord>('mx', name),
    txt: async (name) => find<string>('txt', name),
    a: async (name) => find<string>('addresses', name),
    aaaa: async (name) => find<string>('addresses', name),
    addresses: async (name) => find<string>('addresses', name),
    tlsa: async (name) => find<TlsaRecord>('tlsa', name),
    ptr: async (name) => find<string>('txt', name),
    async cname(name) {
      const known = names[name];
      if (known?.alias === undefined) return fail({ kind: 'no-data', name, authentic: false });
      return ok({ records: [known.alias], authentic: known.authentic ?? false, ttlSeconds: 60, name });
    },
  };
  return { resolver, asked };
}
