/** The last step of a job: a model that passed its gates, copied to where it is used, with its card and evidence. */
@NullMarked
package dev.lethe.worker.publication;

import org.jspecify.annotations.NullMarked;
