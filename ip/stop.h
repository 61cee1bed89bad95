/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STOP_H
#define STOP_H

void stop_catch(void);   /* SIGINT, SIGTERM and SIGHUP are noted from here on, and nothing else */
void stop_release(void); /* ... and to here */
int stop_signal(void);   /* which came; 0: none */

#endif
