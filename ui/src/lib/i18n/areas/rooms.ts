// The rooms of the window.
import { area } from "../area";

export const rooms = area(
  {
    "room.label": "Rooms",
    "room.board": "Board",
    "room.list": "List",
    "room.review": "Review",
    "help.rooms": "Board, list, review (there, digits rate)",
  },
  {
    "room.label": "视图",
    "room.board": "看板",
    "room.list": "列表",
    "room.review": "审片",
    "help.rooms": "看板、列表、审片（审片时数字是评分）",
  },
);
