import './source-maps';
import 'reflect-metadata';
import { processEnvironment } from './config/process-environment';
import { readableError } from './readable-error';
import { startService } from './service';

startService(processEnvironment()).catch((error: unknown) => {
  // before the logger exists, or because it could not be made: the person at the terminal reads this
  console.error(readableError(error));
  process.exitCode = 1;
  setTimeout(() => process.exit(1), 1000).unref();
});
