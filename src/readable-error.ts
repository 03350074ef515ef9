import { Error as MongooseError, mongo } from 'mongoose';
import { SettingsError } from './config/settings';

/** A person's own mistake is told in a sentence; a fault of the program with its stack. */
export function readableError(error: unknown): unknown {
  if (error instanceof SettingsError) return error.message;
  const { code, port } = error as NodeJS.ErrnoException & { port?: number };
  if (code === 'EADDRINUSE') return `端口 ${port} 已被占用：请停止占用它的程序，或用 PORT 指定另一个端口`;
  if (code === 'EACCES' && port) return `没有权限监听端口 ${port}：请用 PORT 指定 1024 以上的端口`;
  if (error instanceof MongooseError.MongooseServerSelectionError)
    return `连接不上数据库（${error.message}）：请检查 MONGODB_URI，并确认 MongoDB 已启动`;
  if (error instanceof mongo.MongoParseError || error instanceof mongo.MongoInvalidArgumentError)
    return `MONGODB_URI 有误（${error.message}）：密码中的 @ : / 等字符需要转义`;
  return error;
}
