import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'vitest';
import { startPostgresIfPossible } from '../../../test/servers/postgres.ts';
import { openStore } from '../open-store.ts';
import { describeLoginAttempts } from '../login-attempts.contract.ts';
import { describeHistory } from '../queue/history.contract.ts';
import { describeOutgoing } from '../queue/outgoing.contract.ts';
import { describeRelay } from '../relay/relay.contract.ts';
import { describeRights } from '../rights.contract.ts';
import { describeStore } from '../store.contract.ts';

const server = await startPostgresIfPossible();

describe.skipIf(server === undefined)('contract', () => {
  const open = async () => {
    const databaseUrl = await server?.createDatabase();
    if (databaseUrl === undefined) throw new Error('no server');
    return openStore({ dataDir: await mkdtemp(join(tmpdir(), 'posthorn-store-')), databaseUrl });
  };
  describeStore('PostgreSQL', open);
  describeOutgoing('PostgreSQL', open);
  describeHistory('PostgreSQL', open);
  describeRelay('PostgreSQL', open);
  describeRights('PostgreSQL', open);
  describeLoginAttempts('PostgreSQL', open);
});
