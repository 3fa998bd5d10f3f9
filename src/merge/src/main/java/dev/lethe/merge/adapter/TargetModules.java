package dev.lethe.merge.adapter;

import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** Which modules of a base an adapter's settings are for. Loaders go by it; what the adapter changes its tensors say. */
public sealed interface TargetModules {
    /**
     * By name.
     *
     * @param names last parts of paths, or whole paths, sorted; none where the settings do not say
     */
    record Names(SortedSet<String> names) implements TargetModules {
        public Names {
            names = Collections.unmodifiableSortedSet(new TreeSet<>(names));
        }
    }

    /**
     * By a regular expression.
     *
     * @param pattern for whole paths; or PEFT's word {@code all-linear}
     */
    record Expression(String pattern) implements TargetModules {}

    /**
     * What is for the modules of several adapters: what all say, or all the names, and where expressions differ just these
     * modules.
     *
     * @param paths of all modules that the adapters have
     */
    static TargetModules union(List<TargetModules> targets, SortedSet<String> paths) {
        if (targets.stream().distinct().count() == 1 && !targets.getFirst().equals(new Names(new TreeSet<>()))) {
            return targets.getFirst();
        }
        SortedSet<String> names = new TreeSet<>();
        for (TargetModules target : targets) {
            if (!(target instanceof Names named) || named.names().isEmpty()) {
                return new Names(paths);
            }
            names.addAll(named.names());
        }
        return new Names(names);
    }
}
