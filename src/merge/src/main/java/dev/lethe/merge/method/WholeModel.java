package dev.lethe.merge.method;

/** A method that must see all tensors of a model before it merges one. */
public interface WholeModel extends Method {
    /** @param whole all tensors, one after the other in the order of their names, as one */
    Method survey(Group whole, Sweep sweep);

    @Override
    default Prepared prepare(Group group, Sweep sweep) {
        return survey(group, sweep).prepare(group, sweep);
    }
}
