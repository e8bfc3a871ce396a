global using ConcreteSteps = Model.Steps.Steps<
    Model.Domains.Concrete.Truth, Model.Domains.Concrete.Number, Model.Domains.Concrete.Facts, Model.Domains.Concrete.Function>;
