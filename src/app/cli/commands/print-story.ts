import type { AttemptStory, HostStory } from '../../../queue/queued.ts';
import type { ListedEntry } from '../../../queue/queue.ts';

/** What each try met, host by host, the oldest first. */
export function printStory({ story, attempts, isHeld }: Pick<ListedEntry, 'story' | 'attempts' | 'isHeld'>): string {
  if (story.length === 0) return isHeld ? 'It is held and was not tried yet.' : 'It was not tried yet.';
  return printTries(story, attempts);
}

/** The tries of an entry that was tried. */
export function printTries(story: readonly AttemptStory[], attempts: number): string {
  const first = Math.max(1, attempts - story.length + 1);
  return story.map((attempt, n) => printAttempt(attempt, first + n)).join('\n\n');
}

function printAttempt(attempt: AttemptStory, number: number): string {
  const seconds = ((attempt.endedAtMs - attempt.startedAtMs) / 1000).toFixed(1);
  const began = new Date(attempt.startedAtMs).toISOString();
  return [
    `Try ${number}, ${began}, ${seconds} s, transport ${attempt.transport}: ${attempt.result}`,
    `  ${attempt.summary}`,
    ...attempt.hosts.flatMap((host) => printHost(host, attempt.summary)),
  ].join('\n');
}

/** What the summary has said is not said again. Where there is no verdict there was no connection. */
function printHost({ host, address, tls, verdict, replies, from }: HostStory, summary: string): readonly string[] {
  const where = address === undefined ? host : `${host} [${address}]`;
  const how = [tls ?? 'without TLS', verdict, from && `from ${from}`].filter((each) => each !== undefined).join(', ');
  const first = verdict === undefined && tls === undefined ? `  ${where}` : `  ${where}: ${how}`;
  const more = replies.filter((reply) => summary !== `${host}: ${reply}` && summary !== reply);
  return [first, ...more.map((reply) => `    ${reply}`)];
}
