/** A room as everybody may see it: GET /api/interview/room/:roomId without a token, and each event of its stream. */
export interface RoomView {
  roomId: string;
  roomName: string;
  hostName: string;
  status: 'active' | 'ended';
  /** those who are in it now, the host first */
  participants: Participant[];
  participantCount: number;
  scheduledAt: string | null;
  createdAt: string;
  endedAt: string | null;
}

export interface Participant {
  userName: string;
  role: 'host' | 'guest';
  /** as the guest has said it: 求职者, 客户, …; the host's is empty */
  identity: string;
  joinedAt: string;
}

/** Tells people of one room apart: the public view holds no ids, and nobody comes twice in one millisecond. */
export function keyOf({ role, joinedAt }: Pick<Participant, 'role' | 'joinedAt'>): string {
  return `${role}:${joinedAt}`;
}

export interface Comings {
  joined: Participant[];
  left: Participant[];
}

/** Who has come and who has gone between two views of a room. */
export function comings(before: RoomView, after: RoomView): Comings {
  return { joined: missingFrom(before, after), left: missingFrom(after, before) };
}

/** Those of `other` who are not in `view`. */
function missingFrom(view: RoomView, other: RoomView): Participant[] {
  const present = new Set(view.participants.map(keyOf));
  return other.participants.filter((participant) => !present.has(keyOf(participant)));
}
