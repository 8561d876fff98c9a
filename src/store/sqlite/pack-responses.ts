import type { Delta } from '../delta.ts';
import type { WriteResponse } from '../write-request.ts';

/**
 * Answers of appends cross the threads as JSON: typed arrays of one element make a structured clone ten times as
 * expensive, and appends are what there is most of. All other answers go as they are.
 */
export interface PackedResponses {
  readonly kind: 'packed';
  readonly text: string;
}

type Added = Extract<Delta, { kind: 'added' }>;
type SmallAdded = Omit<Added, 'uids' | 'emailIds' | 'flags'> & {
  readonly uids: readonly number[];
  readonly emailIds: readonly number[];
  readonly flags: readonly number[];
};
type Succeeded = Extract<WriteResponse, { ok: true }>;
type Small = Omit<Succeeded, 'deltas'> & { readonly deltas: readonly SmallAdded[] };

/** Undefined when one of the answers is not of a plain append. */
export function packResponses(responses: readonly WriteResponse[]): PackedResponses | undefined {
  const small: Small[] = [];
  for (const response of responses) {
    if (!response.ok || !Array.isArray(response.result)) return undefined;
    const deltas: SmallAdded[] = [];
    for (const delta of response.deltas) {
      if (delta.kind !== 'added' || delta.uids.length !== 1) return undefined;
      deltas.push({ ...delta, uids: [...delta.uids], emailIds: [...delta.emailIds], flags: [...delta.flags] });
    }
    small.push({ ...response, deltas });
  }
  return { kind: 'packed', text: JSON.stringify(small) };
}

export function unpackResponses({ text }: PackedResponses): readonly WriteResponse[] {
  const small = JSON.parse(text) as readonly Small[];
  return small.map((response) => ({
    ...response,
    deltas: response.deltas.map((delta) => ({
      ...delta,
      uids: Uint32Array.from(delta.uids),
      emailIds: Float64Array.from(delta.emailIds),
      flags: Uint32Array.from(delta.flags),
    })),
  }));
}
