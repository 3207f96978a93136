// The desk: one example, its answers, and the next one in the same breath. Each deed is a module of its own.

import "./desk/keys.js";
import "./desk/giving.js";
import "./desk/drawer.js";
import "./desk/looks.js";
import "./desk/lease.js";
import "./desk/flagging.js";
import { begin } from "./desk/giving.js";

begin();
