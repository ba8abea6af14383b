/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * One client of the device, from its first message to its last.
 */
#ifndef PRAMIN_SERVER_SESSION_H
#define PRAMIN_SERVER_SESSION_H

#include "device.h"

/**
 * session_serve() - answer a client until it leaves
 * @device: the card; its state stays when the client goes
 * @fd:     a connected stream socket, which is closed at the end
 *
 * To end it from another thread, shut @fd down.
 *
 * Return: NULL if the client has left in an orderly way, or a sentence on why the
 * connection was ended; a static string.
 */
const char *session_serve(struct device *device, int fd);

#endif /* PRAMIN_SERVER_SESSION_H */
