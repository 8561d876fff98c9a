import { ipFamily } from '../net/ip-family.ts';
import type { AttemptStory } from '../queue/queued.ts';

/** Addresses of one host tried in one go. */
const maxAddresses = 6;
/** A reply that is about who we are rather than about the message. RFC 3463 section 3.8. */
const policyReply = /: 5\d\d 5\.7\.\d+/;

/**
 * In which order the addresses of a host are tried, from what was met before: the same address first at the second try, as
 * greylisting wants; then the family that was not used last; that one at once when the last reply was about policy, which
 * is often only about one of our addresses. Otherwise IPv6 first, in the order of the DNS.
 */
export function orderAddresses(
  addresses: readonly string[],
  host: string,
  stories: readonly AttemptStory[],
): readonly string[] {
  const met = stories.flatMap(({ hosts }) => hosts).filter((each) => each.host === host && each.address !== undefined);
  const last = met.at(-1);
  if (last?.address === undefined) return byFamily(addresses, true).slice(0, maxAddresses);
  const before = last.address;
  const isFirstRetry = stories.filter(({ hosts }) => hosts.some((each) => each.host === host)).length === 1;
  const isPolicy = last.replies.some((reply) => policyReply.test(reply));
  if (isFirstRetry && !isPolicy && addresses.includes(before)) {
    const rest = addresses.filter((address) => address !== before);
    return [before, ...byFamily(rest, ipFamily(before) !== 6)].slice(0, maxAddresses);
  }
  return byFamily(addresses, ipFamily(before) !== 6).slice(0, maxAddresses);
}

/** One of the family, one of the other, and so on: a family that does not work costs one try only. */
function byFamily(addresses: readonly string[], sixFirst: boolean): readonly string[] {
  const six = addresses.filter((address) => ipFamily(address) === 6);
  const four = addresses.filter((address) => ipFamily(address) !== 6);
  const [first, second] = sixFirst ? [six, four] : [four, six];
  const mixed = Array.from({ length: Math.max(six.length, four.length) }, (_, at) => [first[at], second[at]]);
  return mixed.flat().filter((address) => address !== undefined);
}
