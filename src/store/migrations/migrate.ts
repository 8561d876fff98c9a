import type { Dialect } from '../sql/dialect.ts';
import { execute, first, type Operation } from '../sql/statement.ts';
import { migrations, newestMigration } from './migrations.ts';

/** The database was made by a newer posthorn; this one does not touch it. */
export class DatabaseTooNew extends Error {
  override readonly name = 'DatabaseTooNew';

  constructor(found: number) {
    super(
      `the database has schema version ${found}, this posthorn knows up to ${newestMigration}: ` +
        'it was opened by a newer version; install that version, or restore a backup made before the upgrade',
    );
  }
}

/** Brings the schema up to date within the transaction it runs in. Returns the version found before. @throws DatabaseTooNew */
export function* migrate(dialect: Dialect): Operation<number> {
  yield* execute(`CREATE TABLE IF NOT EXISTS schema_version (version ${dialect.integer} NOT NULL)`);
  const row = yield* first('SELECT max(version) FROM schema_version');
  const found = Number(row?.[0] ?? 0);
  if (found > newestMigration) throw new DatabaseTooNew(found);
  for (const step of migrations.filter((candidate) => candidate.number > found)) {
    for (const sql of step.statements(dialect)) yield* execute(sql);
    yield* execute('INSERT INTO schema_version (version) VALUES (?)', step.number);
  }
  return found;
}
