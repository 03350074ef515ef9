import type { Document } from 'bson';
import type { Theme } from '../case';
import { aggregate, casesOf, find, refusing, run, C } from '../commands';

const point = (longitude: number, latitude: number): Document => ({
  type: 'Point',
  coordinates: [longitude, latitude],
});
const PLACES: Document[] = [
  { _id: 1, name: 'the Bund', at: point(121.4903, 31.2417), open: true },
  { _id: 2, name: "People's Square", at: point(121.4737, 31.2304), open: true },
  { _id: 3, name: 'Hongqiao', at: point(121.3363, 31.1979), open: false },
  { _id: 4, name: 'Beijing', at: point(116.4074, 39.9042), open: true },
  { _id: 5, name: 'nowhere' },
];
const HERE = point(121.48, 31.235);
const BOX = {
  type: 'Polygon',
  coordinates: [
    [
      [121.4, 31.2],
      [121.6, 31.2],
      [121.6, 31.3],
      [121.4, 31.3],
      [121.4, 31.2],
    ],
  ],
};
const fixture = { documents: PLACES, indexes: [{ key: { at: '2dsphere' }, name: 'at_2dsphere' }] };

const filters: Record<string, Document> = {
  $near: { at: { $near: { $geometry: HERE } } },
  '$near within a distance': { at: { $near: { $geometry: HERE, $maxDistance: 20_000 } } },
  '$near beyond a distance': { at: { $near: { $geometry: HERE, $minDistance: 5000, $maxDistance: 50_000 } } },
  $nearSphere: { at: { $nearSphere: { $geometry: HERE, $maxDistance: 5000 } }, open: true },
  '$geoWithin a polygon': { at: { $geoWithin: { $geometry: BOX } } },
  '$geoWithin a circle': { at: { $geoWithin: { $centerSphere: [[121.48, 31.235], 5 / 6378.1] } } },
};

const stages: Record<string, Document> = {
  $geoNear: {},
  '$geoNear with a query': { query: { open: true } },
  '$geoNear within a distance': { maxDistance: 20_000, minDistance: 1 },
  '$geoNear with a multiplier': { distanceMultiplier: 0.001 },
  '$geoNear with a key': { key: 'at' },
  '$geoNear with locations': { includeLocs: 'where', maxDistance: 2000 },
};

/** Distances to the centimetre: further digits hang on the order of floating-point operations. */
const rounded = { $set: { distance: { $round: ['$distance', 2] } } };

export const geo: Theme = {
  name: 'geo',
  cases: [
    ...casesOf(fixture, filters, (filter) => [
      find(filter, { projection: { _id: 1 }, ...(!('$geoWithin' in filter.at) ? {} : { sort: { _id: 1 } }) }),
    ]),
    ...refusing(
      { '$geoNear with locations': 115 },
      casesOf(fixture, stages, (options) => [
        aggregate([
          { $geoNear: { near: HERE, distanceField: 'distance', spherical: true, ...options } },
          rounded,
        ]),
      ]),
    ),
    {
      name: '$geoNear, then $skip and $limit',
      ...fixture,
      steps: [
        aggregate([
          { $geoNear: { near: HERE, distanceField: 'd.is', query: { open: true } } },
          { $skip: 1 },
          { $limit: 1 },
          { $project: { name: 1 } },
        ]),
      ],
    },
    {
      name: '$geoNear that is not first',
      ...fixture,
      steps: [aggregate([{ $match: { open: true } }, { $geoNear: { near: HERE, distanceField: 'd' } }])],
    },
    {
      name: '$geoNear without an index',
      documents: PLACES,
      steps: [aggregate([{ $geoNear: { near: HERE, distanceField: 'd' } }])],
    },
    {
      name: '$near without an index',
      documents: PLACES,
      steps: [find({ at: { $near: { $geometry: HERE } } })],
    },
    {
      name: '$near in a count',
      ...fixture,
      steps: [aggregate([{ $match: { at: { $near: { $geometry: HERE } } } }, { $count: 'n' }])],
    },
    {
      name: 'a point that is none, inserted',
      ...fixture,
      steps: [run({ insert: C, documents: [{ _id: 9, at: { type: 'Point', coordinates: [200, 100] } }] })],
    },
  ],
};
