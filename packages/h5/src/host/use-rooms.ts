import { type ShallowRef, shallowRef } from 'vue';
import { newIdempotencyKey } from '../net/http';
import { createRoom, fetchLatestRoom, listRooms, type RoomListItem } from './staff-api';
import { messageOf } from './message-of';
import type { Staff } from './use-staff-session';

export interface Rooms {
  list: ShallowRef<RoomListItem[]>;
  hasMore: ShallowRef<boolean>;
  loading: ShallowRef<boolean>;
  problem: ShallowRef<string | undefined>;
  /** the room that the desk shows */
  chosen: ShallowRef<string | undefined>;
  latest: ShallowRef<string | undefined>;
  load(): Promise<void>;
  more(): Promise<void>;
  create(roomName: string): Promise<void>;
  /** a room that has ended is no longer in the list */
  drop(roomId: string): void;
}

/** The active rooms of whoever is logged in. */
export function useRooms(staff: Staff): Rooms {
  const list = shallowRef<RoomListItem[]>([]);
  const hasMore = shallowRef(false);
  const loading = shallowRef(false);
  const problem = shallowRef<string>();
  const chosen = shallowRef<string>();
  const latest = shallowRef<string>();
  let pages = 1;
  /** a second press, after an answer that got lost, must not make a second room */
  let creation: { roomName: string; key: string } | undefined;

  async function fetchPage(page: number): Promise<void> {
    loading.value = true;
    problem.value = undefined;
    try {
      const answer = await staff.as(({ token }) => listRooms(token, page));
      const before = page === 1 ? [] : list.value;
      const known = new Set(before.map(({ roomId }) => roomId));
      list.value = [...before, ...answer.list.filter(({ roomId }) => !known.has(roomId))];
      hasMore.value = answer.hasMore;
      pages = page;
    } catch (error) {
      problem.value = messageOf(error);
    } finally {
      loading.value = false;
    }
  }

  return {
    list,
    hasMore,
    loading,
    problem,
    chosen,
    latest,
    async load() {
      const newest = staff.as(({ token }) => fetchLatestRoom(token)).catch(() => null);
      await fetchPage(1);
      latest.value = (await newest)?.roomId;
      chosen.value ??= latest.value;
    },
    more: () => fetchPage(pages + 1),
    async create(roomName) {
      if (creation?.roomName !== roomName) creation = { roomName, key: newIdempotencyKey() };
      const { key } = creation;
      const room = await staff.as(({ token }) => createRoom(token, roomName, key));
      creation = undefined;
      list.value = [room, ...list.value];
      latest.value = room.roomId;
      chosen.value = room.roomId;
    },
    drop(roomId) {
      list.value = list.value.filter((room) => room.roomId !== roomId);
    },
  };
}
