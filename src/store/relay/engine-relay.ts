import type { Engine } from '../engine.ts';
import { first, query, type Operation, type SqlRow } from '../sql/statement.ts';
import type { RelayFacts, RelayStore, StsPolicyRow, TlsResultRow, WarmUpRow, WarmUpWant } from './relay-store.ts';

/** `RelayStore` on either engine. */
export class EngineRelay implements RelayStore {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  takeWarmUp(want: WarmUpWant) {
    return this.#engine.write('takeWarmUp', want);
  }

  warmUps(ips: readonly string[], day: number) {
    return this.#engine.read(readWarmUps(ips, day));
  }

  keep(facts: RelayFacts) {
    return this.#engine.write('keepRelayFacts', facts);
  }

  policy(domain: string) {
    return this.#engine.read(readPolicy(domain));
  }

  duePolicies(fetchedBeforeMs: number, usedSinceMs: number, limit: number) {
    return this.#engine.read(readDuePolicies(fetchedBeforeMs, usedSinceMs, limit));
  }

  tlsResults(day: number, { after, limit }: Parameters<RelayStore['tlsResults']>[1]) {
    return this.#engine.read(readTlsResults(day, after, limit));
  }
}

function* readPolicy(domain: string): Operation<StsPolicyRow | undefined> {
  const row = yield* first('SELECT domain, facts, fetched_at, used_at FROM sts_policy WHERE domain = ?', domain);
  return row && toPolicy(row);
}

function* readDuePolicies(fetched: number, used: number, limit: number): Operation<readonly StsPolicyRow[]> {
  const rows = yield* query(
    'SELECT domain, facts, fetched_at, used_at FROM sts_policy WHERE fetched_at < ? AND used_at >= ? ORDER BY fetched_at LIMIT ?',
    ...[fetched, used, limit],
  );
  return rows.map(toPolicy);
}

function toPolicy([domain, facts, fetchedAt, usedAt]: SqlRow): StsPolicyRow {
  return { domain: String(domain), facts: String(facts), fetchedAtMs: Number(fetchedAt), usedAtMs: Number(usedAt) };
}

const shownDestinations = 10;

function* readWarmUps(ips: readonly string[], day: number): Operation<readonly WarmUpRow[]> {
  const found: WarmUpRow[] = [];
  for (const ip of ips) {
    const rows = yield* query(
      'SELECT destination, taken FROM warm_up WHERE ip = ? AND day = ? AND taken > 0 ORDER BY taken DESC, destination LIMIT ?',
      ...[ip, day, shownDestinations + 1],
    );
    for (const [destination, taken] of rows) {
      found.push({ ip, destination: destination === '' ? undefined : String(destination), taken: Number(taken) });
    }
  }
  return found;
}

function* readTlsResults(
  day: number,
  after: { readonly domain: string; readonly key: string },
  limit: number,
): Operation<readonly TlsResultRow[]> {
  const rows = yield* query(
    'SELECT day, domain, key, facts, count FROM tls_result WHERE day = ? AND (domain > ? OR (domain = ? AND key > ?)) ' +
      'ORDER BY domain, key LIMIT ?',
    ...[day, after.domain, after.domain, after.key, limit],
  );
  return rows.map(([ofDay, domain, key, facts, count]) => ({
    day: Number(ofDay),
    domain: String(domain),
    key: String(key),
    facts: String(facts),
    count: Number(count),
  }));
}
