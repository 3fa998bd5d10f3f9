/** Looking at weights: what is in a file or folder, and how two models differ tensor by tensor. */
@NullMarked
package dev.lethe.merge.compare;

import org.jspecify.annotations.NullMarked;
