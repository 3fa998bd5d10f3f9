package dev.lethe.api.schema;

/**
 * A place in a text.
 *
 * @param line from 1; 0 where there is no text
 * @param column from 1
 */
record Position(int line, int column) implements Comparable<Position> {
    static final Position NONE = new Position(0, 0);

    @Override
    public int compareTo(Position other) {
        return line != other.line ? Integer.compare(line, other.line) : Integer.compare(column, other.column);
    }
}
