// The reading of ring protection over formulas: any number of vCPUs, processors, descriptors, vectors, addresses and facilities.
global using SymbolicRingInvariants = Model.Rings.RingInvariants<
    Checking.Proving.Unbounded.Formula, Checking.Proving.Unbounded.Term, Checking.Proving.Unbounded.Predicate, Checking.Proving.Unbounded.Valuation>;
global using SymbolicRings = Model.Rings.RingState<
    Checking.Proving.Unbounded.Formula, Checking.Proving.Unbounded.Term, Checking.Proving.Unbounded.Predicate, Checking.Proving.Unbounded.Valuation>;
global using SymbolicRingSteps = Model.Rings.RingSteps<
    Checking.Proving.Unbounded.Formula, Checking.Proving.Unbounded.Term, Checking.Proving.Unbounded.Predicate, Checking.Proving.Unbounded.Valuation>;
