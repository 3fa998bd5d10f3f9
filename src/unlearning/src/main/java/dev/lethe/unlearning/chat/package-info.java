/** Chats, and the template in which a model was taught them. */
@NullMarked
package dev.lethe.unlearning.chat;

import org.jspecify.annotations.NullMarked;
