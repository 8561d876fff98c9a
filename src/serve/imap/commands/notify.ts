import { expectNotify, type EventGroup } from '../../../wire/imap/read-notify.ts';
import { command, loggedIn } from '../command.ts';
import { asksTooMuch, noRules, reachesOthers, rulesOf, supportedEvents } from '../notify/notify-rules.ts';
import { NotifyWatch } from '../notify/notify-watch.ts';
import { OthersWatch } from '../notify/others-watch.ts';
import { tellAllWatched } from '../notify/tell-watched.ts';
import { hearShared, wakeForNotify } from '../hear-change.ts';
import { No } from '../refusal.ts';
import type { Session } from '../session.ts';
import { tellEverything } from '../tell.ts';

/** Names in all groups together: each change is compared with all of them. */
const maxNames = 1000;
const maxGroups = 100;

/** NOTIFY: what the client hears of, and from now on also between commands. RFC 5465 section 3.1. */
export const notify = command({
  name: 'NOTIFY',
  states: loggedIn,
  capabilities: ['NOTIFY'],
  tells: 'all',
  parse: expectNotify,
  async run(session, args, reply) {
    if (args.kind === 'none') {
      session.news.forget();
      session.replaceNotify(new NotifyWatch(noRules));
      return;
    }
    if (args.groups.some(asksTooMuch)) throw new No('no such events here', `BADEVENT (${supportedEvents.join(' ')})`);
    if (isTooMuch(args.groups)) throw new No('too many mailboxes by name', 'NOTIFICATIONOVERFLOW');
    const rules = rulesOf(args.groups);
    const watch = new NotifyWatch(rules);
    if (reachesOthers(rules)) await watchOthers(session, watch);
    // What happens from here on is noted under the new rules; what is waiting of the old ones is void.
    session.news.forget();
    session.replaceNotify(watch);
    await tellEverything(session, reply);
    if (args.status) await tellAllWatched(session, watch.rules, reply);
  },
});

function isTooMuch(groups: readonly EventGroup[]): boolean {
  const names = groups.reduce((sum, { filter }) => sum + ('names' in filter ? filter.names.length : 0), 0);
  return groups.length > maxGroups || names > maxNames;
}

/** @throws No NOTIFICATIONOVERFLOW */
async function watchOthers(session: Session, watch: NotifyWatch): Promise<void> {
  const others = new OthersWatch(
    session,
    watch.rules,
    (change) => hearShared(session, change),
    () => wakeForNotify(session),
  );
  try {
    await others.begin();
    if (others.tooMany) throw new No('too many mailboxes of others', 'NOTIFICATIONOVERFLOW');
  } catch (error) {
    others.close();
    throw error;
  }
  watch.others = others;
}
