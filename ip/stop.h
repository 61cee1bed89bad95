/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STOP_H
#define STOP_H

/* SIGINT, SIGTERM, SIGHUP and SIGQUIT are noted from here on, and nothing else; SIGPIPE not even that. */
void stop_catch(void);
void stop_release(void);    /* ... and to here */
int stop_signal(void);      /* which came; 0: none */
int stop_asked(void *none); /* the same, for tnl_stop_when() */

#endif
