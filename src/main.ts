import 'reflect-metadata';
import { SettingsError } from './config/settings';
import { startService } from './service';

startService(process.env).catch((error: unknown) => {
  // before the logger exists, or because it could not be made: the person at the terminal reads this
  console.error(error instanceof SettingsError ? error.message : error);
  process.exitCode = 1;
  setTimeout(() => process.exit(1), 1000).unref();
});
