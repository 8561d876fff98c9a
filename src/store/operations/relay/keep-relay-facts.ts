import type { Written } from '../../delta.ts';
import type { RelayFacts } from '../../relay/relay-store.ts';
import { execute, type Operation } from '../../sql/statement.ts';
import type { OperationContext } from '../operation-context.ts';

/** Policies take the place of those of the same domain, counts are added up, what is old goes. */
export function* keepRelayFacts(_: OperationContext, facts: RelayFacts): Operation<Written<true>> {
  for (const { domain, facts: policy, fetchedAtMs, usedAtMs } of facts.policies ?? []) {
    yield* execute(
      'INSERT INTO sts_policy (domain, facts, fetched_at, used_at) VALUES (?, ?, ?, ?) ON CONFLICT (domain) DO UPDATE SET ' +
        'facts = excluded.facts, fetched_at = excluded.fetched_at, used_at = excluded.used_at',
      ...[domain, policy, fetchedAtMs, usedAtMs],
    );
  }
  // In one order, so that two processes on one database never wait for each other in a circle.
  const results = (facts.results ?? []).toSorted((a, b) => compare(a.domain, b.domain) || compare(a.key, b.key));
  for (const { day, domain, key, facts: result, count } of results) {
    yield* execute(
      'INSERT INTO tls_result (day, domain, key, facts, count) VALUES (?, ?, ?, ?, ?) ' +
        'ON CONFLICT (day, domain, key) DO UPDATE SET count = tls_result.count + excluded.count',
      ...[day, domain, key, result, count],
    );
  }
  if (facts.forgetPoliciesUsedBeforeMs !== undefined) {
    yield* execute('DELETE FROM sts_policy WHERE used_at < ?', facts.forgetPoliciesUsedBeforeMs);
  }
  if (facts.forgetResultsBeforeDay !== undefined) {
    yield* execute('DELETE FROM tls_result WHERE day < ?', facts.forgetResultsBeforeDay);
  }
  return { result: true, deltas: [] };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
