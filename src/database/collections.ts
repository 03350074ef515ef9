import { type DynamicModule, Inject, Module } from '@nestjs/common';
import { getModelToken, MongooseModule } from '@nestjs/mongoose';
import type { Model, mongo, Schema } from 'mongoose';

/** A collection of the driver itself: what a service reads and writes through, without hydrated documents. */
export type Collection<T extends mongo.Document> = mongo.Collection<T>;

interface CollectionDefinition {
  name: string;
  schema: Schema;
}

/** Injection token of the collection of that name. */
export const collectionToken = (name: string): string => `collection:${name}`;

export const InjectCollection = (name: string): ParameterDecorator => Inject(collectionToken(name));

/**
 * A feature's collections. The schema says what a record looks like and declares the indexes, each with the query it
 * serves; input is checked before it gets here, so reads and writes go past the model's casting and hydration.
 */
@Module({})
export class CollectionsModule {
  static of(definitions: CollectionDefinition[]): DynamicModule {
    const providers = definitions.map(({ name }) => ({
      provide: collectionToken(name),
      inject: [getModelToken(name)],
      useFactory: (model: Model<unknown>) => nativeCollection(model),
    }));
    return {
      module: CollectionsModule,
      imports: [MongooseModule.forFeature(definitions)],
      providers,
      exports: providers.map(({ provide }) => provide),
    };
  }
}

/** Not mongoose's own wrapper, which holds each call for buffering and events that nobody here listens to. */
function nativeCollection(model: Model<unknown>): mongo.Collection {
  const { db } = model.db;
  if (!db)
    throw new Error(`${model.modelName}: the connection must be open before its collections are handed out`);
  const { collectionName } = model.collection;
  const reads = model.db.getClient().db(db.databaseName, WITHOUT_WRITE_CONCERN).collection(collectionName);
  return Object.assign(db.collection(collectionName), {
    find: reads.find.bind(reads),
    countDocuments: reads.countDocuments.bind(reads),
    estimatedDocumentCount: reads.estimatedDocumentCount.bind(reads),
  });
}

/**
 * A write concern means nothing to a read. The driver deletes it from each one's options, and an object that has lost
 * a property is slow to copy, which it does next: a twentieth of a small read's time.
 */
const WITHOUT_WRITE_CONCERN = { writeConcern: undefined };
