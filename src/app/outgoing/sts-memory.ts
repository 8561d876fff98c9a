import type { MtaStsPolicy } from '../../checks/mta-sts/policy.ts';
import type { StsMemory, StsRecord } from '../../relay/mta-sts.ts';
import type { RelayStore, StsPolicyRow } from '../../store/relay/relay-store.ts';

/** Policies of MTA-STS in the store, as JSON. */
export function stsMemory(store: RelayStore): StsMemory {
  return {
    async load(domain) {
      const row = await store.policy(domain);
      return row && toRecord(row);
    },
    async save({ domain, policyId, policy, fetchedAtMs, usedAtMs }) {
      const facts = JSON.stringify({ policyId, ...policy });
      await store.keep({ policies: [{ domain, facts, fetchedAtMs, usedAtMs }] });
    },
    async due(fetchedBeforeMs, usedSinceMs, limit) {
      const rows = await store.duePolicies(fetchedBeforeMs, usedSinceMs, limit);
      return rows.map(toRecord);
    },
    async forget(usedBeforeMs) {
      await store.keep({ forgetPoliciesUsedBeforeMs: usedBeforeMs });
    },
  };
}

/** The store holds what `save` wrote. */
function toRecord({ domain, facts, fetchedAtMs, usedAtMs }: StsPolicyRow): StsRecord {
  const { policyId, ...policy } = JSON.parse(facts) as MtaStsPolicy & { readonly policyId: string };
  return { domain, policyId, policy, fetchedAtMs, usedAtMs };
}
