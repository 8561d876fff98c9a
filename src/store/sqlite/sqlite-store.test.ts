import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../open-store.ts';
import { describeStore } from '../store.contract.ts';

describeStore('SQLite', async () => openStore({ dataDir: await mkdtemp(join(tmpdir(), 'posthorn-store-')) }));
