package dev.lethe.worker.report;

import java.util.List;

/** One colour and one symbol for each system, the same in every chart, readable on white and on black. */
record Palette(List<String> systems) {
    static final String MEMBERS = "#d9662b";
    static final String NON_MEMBERS = "#3f87d9";
    static final String TOTAL = "#8b93a1";

    private static final String BASE = "#8b93a1";
    private static final String MERGE = "#27a06a";
    private static final List<String> SPECIALISTS = List.of("#e07b27", "#3f87d9", "#b264c8", "#c2a11b", "#d2597f");
    private static final List<String> SYMBOLS = List.of("triangle", "rect", "pin", "arrow", "roundRect");

    static Palette of(List<MeasuredSystem> systems) {
        return new Palette(systems.stream().map(MeasuredSystem::name).toList());
    }

    String colour(String system) {
        if (system.equals(MeasuredSystem.BASE)) {
            return BASE;
        }
        return MeasuredSystem.isMerge(system) ? MERGE : SPECIALISTS.get(place(system) % SPECIALISTS.size());
    }

    /** The merge of the last round is filled; those of the rounds before are hollow. */
    String symbol(String system) {
        if (system.equals(MeasuredSystem.BASE)) {
            return "circle";
        }
        if (MeasuredSystem.isMerge(system)) {
            boolean last = MeasuredSystem.lastMerge(systems.stream())
                    .filter(system::equals)
                    .isPresent();
            return last ? "diamond" : "emptyDiamond";
        }
        return SYMBOLS.get(place(system) % SYMBOLS.size());
    }

    /** The colour of the n-th of some lines. */
    static String line(int n) {
        return SPECIALISTS.get(n % SPECIALISTS.size());
    }

    private int place(String system) {
        List<String> specialists = systems.stream()
                .filter(name -> !name.equals(MeasuredSystem.BASE) && !MeasuredSystem.isMerge(name))
                .toList();
        return Math.max(0, specialists.indexOf(system));
    }
}
