import { type DynamicModule, Global, Module } from '@nestjs/common';
import { getConnectionToken, MongooseModule } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import { Settings } from '../config/settings';
import { databaseName, type DatabaseServer, refuseEmbeddedInProduction } from './server';
import { Sequences } from './sequences';
import { SERVER_WAIT_MS } from './time-limits';
import { Transactions } from './transactions';

@Global()
@Module({})
export class DatabaseModule {
  static with(server: DatabaseServer): DynamicModule {
    return {
      module: DatabaseModule,
      imports: [
        MongooseModule.forRootAsync({
          inject: [Settings],
          useFactory: (settings: Settings) => ({
            uri: server.uri,
            ...databaseName(server, settings),
            // an absent database is an answer within seconds, not a request that hangs
            serverSelectionTimeoutMS: SERVER_WAIT_MS,
            connectTimeoutMS: SERVER_WAIT_MS,
            // and so is one that hangs
            socketTimeoutMS: settings.env.DATABASE_TIMEOUT_MS,
            waitQueueTimeoutMS: SERVER_WAIT_MS,
            maxPoolSize: 50,
            bufferCommands: false,
            autoIndex: false,
            autoCreate: false,
            retryAttempts: 0,
            monitorCommands: server.observed ?? false,
            writeConcern: { w: 'majority' as const },
          }),
        }),
      ],
      providers: [
        Transactions,
        Sequences,
        {
          provide: READY,
          inject: [getConnectionToken(), Settings],
          useFactory: (connection: Connection, settings: Settings) =>
            refuseEmbeddedInProduction(connection, settings),
        },
      ],
      exports: [Transactions, Sequences],
    };
  }
}

const READY = Symbol('database is one that may be used');
