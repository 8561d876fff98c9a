import type { DkimKeyRecord } from '../directory-record.ts';
import type { DirectoryView } from '../directory-tables.ts';
import type { DkimAlgorithm, MadeDkimKey } from './make-dkim-key.ts';

const letters: Readonly<Record<DkimAlgorithm, string>> = { 'rsa-2048': 'r', ed25519: 'e' };

/**
 * Records for new keys of a domain. A selector tells algorithm and day (`r20260131`, then `r20260131-2`), so that people
 * see in the DNS which is the old one; never one that the domain has already.
 */
export function newDkimRecords(
  view: DirectoryView,
  domain: string,
  made: readonly MadeDkimKey[],
  { state, since, selector }: { state: DkimKeyRecord['state']; since: string; selector?: string | undefined },
): readonly DkimKeyRecord[] {
  const taken = new Set(view.dkimKeys.get(domain)?.map((key) => key.selector));
  return made.map(({ algorithm, privateKey }) => {
    const stem = letters[algorithm] + since.slice(0, 10).replaceAll('-', '');
    let name = selector ?? stem;
    for (let n = 2; selector === undefined && taken.has(name); n++) name = `${stem}-${n}`;
    taken.add(name);
    return { kind: 'dkim-key', domain, selector: name, algorithm, privateKey, state, since };
  });
}
