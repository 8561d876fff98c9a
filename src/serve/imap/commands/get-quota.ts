import { command, loggedIn } from '../command.ts';
import { No } from '../refusal.ts';
import { printQuota } from '../quota-text.ts';

/** GETQUOTA: there is one root, the account, named "". RFC 9208 section 4.1.1. */
export const getQuota = command({
  name: 'GETQUOTA',
  states: loggedIn,
  capabilities: ['QUOTA', 'QUOTA=RES-STORAGE'],
  tells: 'all',
  parse(r) {
    r.expectSpace();
    return r.expectAstring();
  },
  async run(session, root, reply) {
    if (root !== '') throw new No('no such quota root', 'NONEXISTENT');
    reply.untagged(await printQuota(session));
  },
});
