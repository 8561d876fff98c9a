import { migrate } from '../migrations/migrate.ts';
import { sqliteDialect } from '../sql/dialect.ts';
import { SqliteConnection } from './sqlite-connection.ts';

/**
 * Octets of a page in a new database. Most of a commit's cost are the octets of the pages it touches, a dozen for one message
 * of which little changes in each; and two packed messages of usual size share no page of 4096.
 */
const pageBytes = 2048;

/** Opens the database for writing, and brings its schema up to date. @throws DatabaseTooNew */
export function openDatabaseForWriting(path: string): SqliteConnection {
  const connection = new SqliteConnection(path, { readOnly: false, cacheKiB: 32 * 1024 });
  try {
    connection.pragma(`page_size = ${pageBytes}`);
    connection.pragma('journal_mode = WAL');
    // FULL: a commit returns only after the log is on stable storage, and readers see it only then.
    connection.pragma('synchronous = FULL');
    connection.pragma('wal_autocheckpoint = 0');
    connection.exec('BEGIN IMMEDIATE');
    connection.run(migrate(sqliteDialect));
    connection.exec('COMMIT');
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}
