import type { ImapReader } from './imap-reader.ts';
import { takeReturn } from './read-return.ts';
import { checkRelevancy, expectCriteria } from './read-search.ts';
import type { SortArguments, SortCriterion, SortKey, ThreadAlgorithm, ThreadArguments } from './sort-key.ts';

const sortKeys: readonly SortKey[] = [
  ...(['ARRIVAL', 'CC', 'DATE', 'FROM', 'SIZE', 'SUBJECT', 'TO'] as const),
  ...(['DISPLAYFROM', 'DISPLAYTO', 'RELEVANCY'] as const),
];
const algorithms: readonly ThreadAlgorithm[] = ['ORDEREDSUBJECT', 'REFERENCES', 'REFS'];

/**
 * sort = "SORT" [SP "RETURN" SP "(" … ")"] SP sort-criteria SP charset 1*(SP search-key). RFC 5256 section 5, RFC 5267
 * section 5. Starts at the space after SORT.
 */
export function expectSort(r: ImapReader): SortArguments {
  r.expectSpace();
  const options = takeReturn(r);
  const asked = r.expectList(() => expectCriterion(r), false);
  // A key that decided before has nothing left to decide.
  const criteria = sortKeys.flatMap((key) => asked.find((each) => each.key === key) ?? []);
  criteria.sort((a, b) => asked.indexOf(a) - asked.indexOf(b));
  r.expectSpace();
  const key = expectCriteria(r);
  const isAsked = options.returns?.includes('RELEVANCY') === true || asked.some((each) => each.key === 'RELEVANCY');
  checkRelevancy(r, key, isAsked);
  return key.kind === 'bad-charset' ? key : { kind: 'sort', ...options, criteria, key };
}

/** sort-criterion = ["REVERSE" SP] sort-key. */
function expectCriterion(r: ImapReader): SortCriterion {
  const reverse = r.takeWord('REVERSE');
  if (reverse) r.expectSpace();
  return { key: expectOneOf(r, sortKeys, 'sort key'), reverse };
}

/** thread = "THREAD" SP thread-alg SP charset 1*(SP search-key). RFC 5256 section 5. Starts at the space after THREAD. */
export function expectThread(r: ImapReader): ThreadArguments {
  r.expectSpace();
  const algorithm = expectOneOf(r, algorithms, 'threading algorithm');
  r.expectSpace();
  const key = expectCriteria(r);
  return key.kind === 'bad-charset' ? key : { kind: 'thread', algorithm, key };
}

function expectOneOf<T extends string>(r: ImapReader, names: readonly T[], what: string): T {
  const at = r.at;
  const name = r.expectKeyword();
  return names.find((each) => each === name) ?? r.fail(what, at);
}
