import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../open-store.ts';
import { describeLoginAttempts } from '../login-attempts.contract.ts';
import { describeHistory } from '../queue/history.contract.ts';
import { describeOutgoing } from '../queue/outgoing.contract.ts';
import { describeRelay } from '../relay/relay.contract.ts';
import { describeRights } from '../rights.contract.ts';
import { describeStore } from '../store.contract.ts';

const open = async () => openStore({ dataDir: await mkdtemp(join(tmpdir(), 'posthorn-store-')) });
describeStore('SQLite', open);
describeOutgoing('SQLite', open);
describeHistory('SQLite', open);
describeRelay('SQLite', open);
describeRights('SQLite', open);
describeLoginAttempts('SQLite', open);
